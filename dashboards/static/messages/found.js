// @ts-check
/** Devices of other systems. */
export const FOUND = Object.freeze({
  "found.title": { zh: "发现的设备", en: "Found devices" },
  "found.more": { zh: "其他系统的设备：一键认领", en: "Devices of other systems: take them over with one click" },
  "found.about": {
    zh: "其他系统（Zigbee2MQTT、Home Assistant、Sparkplug、SenML、SCAIP）里听到的设备。认领之前，它的消息在隔离区等候；烟雾、燃气、一氧化碳和水浸会以网关的名义报警。",
    en: "Devices heard in other systems (Zigbee2MQTT, Home Assistant, Sparkplug, SenML, SCAIP). Until somebody takes one over, what it says waits in quarantine; smoke, gas, carbon monoxide and water alarm in the name of its gateway.",
  },
  "found.show": { zh: "显示", en: "Show" },
  "found.unnamed": { zh: "还没有认领的", en: "Nobody's yet" },
  "found.named": { zh: "已认领或忽略的", en: "Taken over or ignored" },
  "found.take": { zh: "认领为{kind}", en: "Take over: {kind}" },
  "found.taken": { zh: "已认领为 {code}。", en: "It is {code} now." },
  "found.ignore": { zh: "忽略", en: "Ignore" },
  "found.forget": { zh: "解除认领", en: "Nobody's again" },
  "found.room": { zh: "房间", en: "Room" },
  "found.home": { zh: "住户编号", en: "Number of the home" },
  "found.as": { zh: "即 {code}", en: "is {code}" },
  "found.ignored": { zh: "已忽略", en: "ignored" },
  "found.heard": { zh: "听到 {count} 次，最近 {time}", en: "Heard {count} times, last {time}" },
  "found.empty": { zh: "没有等待认领的设备。", en: "Nothing waits to be taken over." },
  "found.allow": { zh: "允许它代其他系统的设备说话", en: "Let it speak for devices of other systems" },
  "found.forbid": { zh: "不再允许它代其他系统的设备说话", en: "Let it speak for no others any more" },
  "problem.home-needed": { zh: "请填写它装在哪一户。", en: "Say in which home it hangs." },
});
