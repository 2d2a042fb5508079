export type Child = unknown;
export interface VNode { type: unknown; props: Record<string, unknown>; key: unknown }
export function h(type: unknown, props?: object | null, ...children: Child[]): VNode;
export function render(node: Child, parent: Element): void;
export const Fragment: unknown;
export const options: { debounceRendering?: (draw: () => void) => void };
