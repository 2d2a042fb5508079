declare class uPlot {
  constructor(options: Record<string, unknown>, data: (number | null)[][], target: HTMLElement);
  setSize(size: { width: number; height: number }): void;
  setData(data: (number | null)[][]): void;
  destroy(): void;
  readonly ctx: CanvasRenderingContext2D;
  readonly bbox: { left: number; top: number; width: number; height: number };
  valToPos(value: number, scale: string, canvasPixels?: boolean): number;
}
export default uPlot;
