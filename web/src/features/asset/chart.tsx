import { duration, when } from "@/lib/time";
import css from "./page.module.css";

interface Point {
  at: string;
  seconds: number;
  bad: boolean;
  run: string;
}

const width = 720;
const height = 150;
const left = 46;
const bottom = 22;
const top = 16;

/** Durations over time, the oldest at the left. The table below it has the same figures. */
export function DurationChart({ points }: { points: Point[] }) {
  const most = nice(Math.max(...points.map((p) => p.seconds), 0.001));
  const x = (i: number) => left + ((width - left - 14) * i) / Math.max(1, points.length - 1);
  const y = (s: number) => top + (height - top - bottom) * (1 - s / most);
  const last = points.length - 1;
  const newest = points[last];
  return (
    <svg
      className={css.chart}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Durations of ${points.length} runs, the newest ${duration(newest?.seconds)}`}
    >
      {[0, 0.5, 1].map((share) => (
        <g key={share}>
          <line className={css.grid} x1={left} x2={width} y1={y(most * share)} y2={y(most * share)} />
          <text x={left - 8} y={y(most * share) + 4} textAnchor="end">
            {share === 0 ? "0 s" : duration(most * share)}
          </text>
        </g>
      ))}
      <path className={css.line} d={points.map((p, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(p.seconds)}`).join("")} />
      {points.map((p, i) => (
        <circle
          key={p.run + p.at}
          cx={x(i)}
          cy={y(p.seconds)}
          r={i === last ? 4 : 3}
          data-bad={p.bad || undefined}
          data-last={(i === last && !p.bad) || undefined}
        >
          <title>{`${p.run}, ${when(p.at)}: ${duration(p.seconds)}`}</title>
        </circle>
      ))}
      {newest && (
        <text className={css.figure} x={x(last)} y={y(newest.seconds) - 9} textAnchor="end">
          {duration(newest.seconds)}
        </text>
      )}
      <text x={left} y={height - 4}>
        {when(points[0]?.at)}
      </text>
      <text x={width} y={height - 4} textAnchor="end">
        {when(newest?.at)}
      </text>
    </svg>
  );
}

/** The least round number that is not below a figure. */
function nice(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n));
  return ([1, 2, 4, 5, 10].find((f) => f * power >= n) ?? 10) * power;
}
