// The part of Leaflet that the maps use.
export interface Layer { addTo(target: LeafletMap | LayerGroup): this; remove(): this; bindTooltip(content: HTMLElement, options?: object): this; on(event: string, run: () => void): this }
export interface LayerGroup extends Layer { clearLayers(): this }
export interface LeafletMap {
  remove(): void;
  fitBounds(bounds: [number, number][], options?: object): this;
  setView(centre: [number, number], zoom: number): this;
  invalidateSize(options?: object): this;
  on(event: "click", run: (event: { latlng: { lat: number; lng: number } }) => void): this;
}
declare const leaflet: {
  map(box: HTMLElement, options?: object): LeafletMap;
  tileLayer(url: string, options?: object): Layer;
  layerGroup(): LayerGroup;
  circleMarker(at: [number, number], options?: object): Layer;
  marker(at: [number, number], options?: object): Layer;
  divIcon(options?: object): object;
  polyline(points: [number, number][], options?: object): Layer;
  polygon(points: [number, number][], options?: object): Layer;
  circle(centre: [number, number], options?: object): Layer;
  control: { scale(options?: object): { addTo(map: LeafletMap): void }; zoom(options?: object): { addTo(map: LeafletMap): void } };
};
export default leaflet;
