/** Clusters: what falls into one cell of a grid that is fixed to the world; circles that would overlap become one. */

export interface Group {
  ids: number[];
  x: number; // pixels at the zoom: the middle
  y: number;
}

const CELL = 58; // pixels: side of a cell
const REACH = 80; // pixels: no two circles touch that are farther apart
const ROWS = 4_194_304; // more cells than a column of the deepest zoom has

/** Of the circle of so many incidents, in pixels. */
export const radius = (n: number): number => (n === 1 ? 15 : 15 + 6.5 * Math.log10(n));

function push<Item>(lists: Map<number, Item[]>, key: number, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function nearest(kept: Map<number, Group[]>, group: Group, cx: number, cy: number): Group | null {
  let best: Group | null = null;
  let least = Infinity;
  for (let dx = -1; dx <= 1; dx++)
    for (let dy = -1; dy <= 1; dy++)
      for (const other of kept.get((cx + dx) * ROWS + cy + dy) ?? []) {
        const apart = Math.hypot(other.x - group.x, other.y - group.y);
        const free = radius(other.ids.length) + radius(group.ids.length) - 2;
        if (apart < free && apart < least) [best, least] = [other, apart];
      }
  return best;
}

/** Groups incidents; `x` and `y` are their Mercator positions in 0..1. Every id is in just one group. */
export function group(ids: readonly number[], x: Float64Array, y: Float64Array, zoom: number): Group[] {
  const size = 256 * 2 ** zoom;
  const cells = new Map<number, number[]>();
  for (const i of ids) push(cells, Math.floor((x[i] * size) / CELL) * ROWS + Math.floor((y[i] * size) / CELL), i);
  const groups = [...cells.values()].map((members): Group => {
    let [sumX, sumY] = [0, 0];
    for (const i of members) {
      sumX += x[i];
      sumY += y[i];
    }
    return { ids: members, x: (sumX / members.length) * size, y: (sumY / members.length) * size };
  });
  groups.sort((a, b) => b.ids.length - a.ids.length || a.ids[0] - b.ids[0]);
  const kept = new Map<number, Group[]>();
  const result: Group[] = [];
  for (const one of groups) {
    const [cx, cy] = [Math.floor(one.x / REACH), Math.floor(one.y / REACH)];
    const other = nearest(kept, one, cx, cy);
    if (other) {
      for (const i of one.ids) other.ids.push(i);
      continue;
    }
    push(kept, cx * ROWS + cy, one);
    result.push(one);
  }
  return result;
}

/** How many of a group each layer has, most first. */
export function sharesOf(ids: readonly number[], layer: Uint16Array): [layer: number, count: number][] {
  const counts = new Map<number, number>();
  for (const i of ids) counts.set(layer[i], (counts.get(layer[i]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
