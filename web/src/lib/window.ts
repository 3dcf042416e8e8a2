import { type RefObject, useEffect, useState } from "react";

/** The rows of a long list that are drawn: those on the screen and some on both sides of it. */
export interface RowWindow {
  start: number;
  end: number;
  above: number; // px of the rows before start
  below: number; // px of the rows from end on
}

const around = 20; // rows drawn on each side of the screen

/** Which of count rows of one height are to be drawn while the list is scrolled with the page. */
export function rowWindow(count: number, row: number, top: number, screen: number): RowWindow {
  const first = Math.floor(Math.max(0, -top) / row) - around;
  const start = Math.max(0, Math.min(count, first - (first % 2 === 0 ? 0 : 1)));
  const end = Math.min(count, Math.max(0, Math.ceil((screen - top) / row)) + around);
  return { start, end: Math.max(start, end), above: start * row, below: (count - Math.max(start, end)) * row };
}

/** The window of a list's rows; body is the element whose top edge is that of the first row. */
export function useRowWindow(count: number, body: RefObject<HTMLElement | null>): RowWindow {
  const [w, setWindow] = useState<RowWindow>(() => rowWindow(count, 34, 0, 800));
  useEffect(() => {
    let asked = 0;
    const measure = () => {
      asked = 0;
      const element = body.current;
      if (!element) return;
      const row = Number.parseFloat(getComputedStyle(element).getPropertyValue("--row")) || 34;
      const next = rowWindow(count, row, element.getBoundingClientRect().top, window.innerHeight);
      setWindow((before) =>
        before.start === next.start && before.end === next.end && before.below === next.below ? before : next,
      );
    };
    const ask = () => {
      if (!asked) asked = requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener("scroll", ask, { passive: true });
    window.addEventListener("resize", ask);
    return () => {
      cancelAnimationFrame(asked);
      window.removeEventListener("scroll", ask);
      window.removeEventListener("resize", ask);
    };
  }, [count, body]);
  return w;
}
