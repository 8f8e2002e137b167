/** Types of the parts of D3 that are used here: its packages carry none. */

declare module "d3-scale" {
  export interface Scale {
    (value: number): number;
    invert(value: number): number;
    ticks(count?: number): number[];
    tickFormat(count?: number, specifier?: string): (value: number) => string;
    domain(): number[];
    nice(count?: number): Scale;
  }
  export function scaleLinear(domain: readonly number[], range: readonly number[]): Scale;
  export function scaleLog(domain: readonly number[], range: readonly number[]): Scale;
}

declare module "d3-scale-chromatic" {
  export function interpolateViridis(share: number): string;
}

declare module "d3-shape" {
  export type Point = readonly [x: number, y: number];
  export interface Line {
    (points: Iterable<Point>): string | null;
    defined(isDefined: (point: Point) => boolean): Line;
  }
  export function line(): Line;
}

declare module "d3-contour" {
  export interface MultiPolygon {
    readonly value: number;
    readonly coordinates: readonly (readonly (readonly (readonly [number, number])[])[])[];
  }
  export interface Contours {
    size(size: readonly [width: number, height: number]): Contours;
    contour(values: ArrayLike<number>, threshold: number): MultiPolygon;
  }
  export function contours(): Contours;
}
