/** Something in a lane: a box, or with height 0 the point where a line passes it. */
export interface Item {
  top: number;
  height: number;
  wants: number; // where its top should be
  weight: number;
}

const gap = 14;
const gapAtLine = 9;

/**
 * Moves the items of a lane, which are in their order, as little as possible so that none overlaps the one before: a
 * regression that keeps the order, by pooling adjacent violators. The server placed boxes without columns inside; this
 * makes room for those.
 */
export function reflow(items: Item[]): void {
  const offsets = [0];
  for (let i = 1; i < items.length; i++) {
    const before = items[i - 1];
    const item = items[i];
    if (!before || !item) continue;
    const apart = before.height === 0 || item.height === 0 ? gapAtLine : gap;
    offsets.push((offsets[i - 1] ?? 0) + before.height + apart);
  }
  const blocks: { sum: number; weight: number; count: number }[] = [];
  for (const [i, item] of items.entries()) {
    let block = { sum: (item.wants - (offsets[i] ?? 0)) * item.weight, weight: item.weight, count: 1 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.weight >= block.sum / block.weight;
      blocks.pop(), last = blocks.at(-1)
    ) {
      block = { sum: block.sum + last.sum, weight: block.weight + last.weight, count: block.count + last.count };
    }
    blocks.push(block);
  }
  let i = 0;
  for (const block of blocks) {
    for (let n = 0; n < block.count; n++, i++) {
      const item = items[i];
      if (item) item.top = Math.round(block.sum / block.weight + (offsets[i] ?? 0));
    }
  }
}
