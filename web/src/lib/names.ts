/** Cuts a long name in its middle, keeping more of its end, which tells names apart: "int_orde…s_priced". */
export function shortened(name: string, most: number): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const head = Math.floor((most - 1) * 0.45);
  const tail = most - 1 - head;
  return `${letters.slice(0, head).join("")}…${letters.slice(-tail).join("")}`;
}

/** The parts of a name around what a query matched, in order; `hit` parts are marked. */
export function marked(name: string, query: string): { text: string; hit: boolean }[] {
  const words = query
    .toLowerCase()
    .split(/[\s_.]+/)
    .filter((w) => w && !w.includes(":"));
  const lower = name.toLowerCase();
  const hit = new Array<boolean>(name.length).fill(false);
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      hit.fill(true, at, at + word.length);
    }
  }
  const parts: { text: string; hit: boolean }[] = [];
  for (let i = 0; i < name.length; i++) {
    const last = parts.at(-1);
    const letter = name.charAt(i);
    if (last && last.hit === hit[i]) last.text += letter;
    else parts.push({ text: letter, hit: hit[i] ?? false });
  }
  return parts;
}
