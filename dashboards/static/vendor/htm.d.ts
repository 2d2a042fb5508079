declare const htm: {
  bind<R>(h: (...args: any[]) => R): (strings: TemplateStringsArray, ...values: unknown[]) => R;
};
export default htm;
