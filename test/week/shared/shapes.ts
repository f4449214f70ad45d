/** How the value of a series goes on. */
export type Shape =
  | { readonly kind: 'steady'; readonly value: number }
  | { readonly kind: 'counts'; readonly perSecond: number }
  | { readonly kind: 'grows'; readonly from: number; readonly perSecond: number }
  | { readonly kind: 'clock'; readonly behind: number };

/** Shapes of series; a number is a gauge that stays where it is. */
export type Shapes = Readonly<Record<string, Shape | number>>;

/** A counter. */
export function counts(perSecond: number): Shape {
  return { kind: 'counts', perSecond };
}

/** A gauge that has this value when a change begins and grows or falls from then on. */
export function grows(from: number, perSecond: number): Shape {
  return { kind: 'grows', from, perSecond };
}

/** A timestamp that follows the clock, some seconds behind it. */
export function clock(behind = 0): Shape {
  return { kind: 'clock', behind };
}

/** A number as the shape that it stands for. */
export function shapeOf(shape: Shape | number): Shape {
  return typeof shape === 'number' ? { kind: 'steady', value: shape } : shape;
}
