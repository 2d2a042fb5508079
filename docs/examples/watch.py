"""A whole wearable, in plain paho: python watch.py HOME USER SECRET [BROKER] [PORT].

It says that it is there and leaves a last will, sends its pulse and its motion, keeps what it cannot send and
hands it over later, and answers when it is asked whether all is well. Sensors go into `pulse` and `shake`.
"""

import base64
import collections
import itertools
import json
import struct
import sys
import time

import paho.mqtt.client as mqtt

home, user, secret, broker, port = [*sys.argv[1:], *("127.0.0.1", "1883")[len(sys.argv) - 4 :]]
code = user.partition("@")[0]  # a later login of the same device has a number behind its code
own = f"nw/v1/{home}/{code}"
numbers, asked = itertools.count(int(time.time())), set()  # rises over a restart, too
memory = collections.deque(maxlen=100_000)  # what nobody has acknowledged yet, oldest first


def pulse():
    """What the sensors of the skin say."""
    return {"heart_rate": 71, "spo2": 97}


def shake():
    """A second of acceleration: 50 times x, y, z in thousandths of g; here it lies still."""
    return [(12, -981, 44)] * 50


def stamp(said, ago_s=0.0):
    """With the time at which it was measured, and the next number."""
    return {"t": int((time.time() - ago_s) * 1000), "seq": next(numbers)} | said


def send(stream, said, retain=False):
    """On one of its own topics, to be acknowledged."""
    return watch.publish(f"{own}/{stream}", json.dumps(said), qos=1, retain=retain)


def connected(client, _data, _flags, reason, _properties):
    """After every connection: listen, and say that it is there."""
    if reason.is_failure:
        print(f"the broker says: {reason}", file=sys.stderr)
        return
    client.subscribe(f"{own}/cmd", qos=1)
    send("status", stamp({"online": True, "battery": 0.81, "firmware": "1.0.0"}), retain=True)


def told(_client, _data, message):
    """Asked whether all is well it answers once, and never too late."""
    said = json.loads(message.payload)
    if said["cmd"] == "ask_ok" and said["id"] not in asked and time.time() * 1000 < said["until"]:
        asked.add(said["id"])  # here the watch buzzes; this wearer presses the button at once
        send("event", stamp({"kind": "all_right", "state": 1}))


watch = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=code, clean_session=False)
watch.username_pw_set(user, secret)
watch.will_set(f"{own}/status", json.dumps({"online": False}), qos=1, retain=True)
watch.on_connect, watch.on_message = connected, told
watch.connect(broker, int(port), keepalive=60)
watch.loop_start()
while True:
    time.sleep(1)
    if watch.is_connected():
        motion = base64.b64encode(b"".join(struct.pack("<3h", *xyz) for xyz in shake())).decode()
        send("motion", stamp({"hz": 50, "acc_b64": motion, "unit": {"acc": "mg"}, "site": "wrist"}, ago_s=1))
    memory.append(stamp(pulse()))
    while memory and watch.is_connected():
        some = [memory[i] for i in range(min(len(memory), 500))]
        told_now = send("vital", some)
        told_now.wait_for_publish(10)
        if not told_now.is_published():
            break
        for _ in some:
            memory.popleft()
