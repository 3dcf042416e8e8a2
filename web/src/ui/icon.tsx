import type { ReactNode } from "react";

const paths = {
  today: (
    <>
      <path d="M2.5 8.5 8 3l5.5 5.5M4 7.5V13h8V7.5" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="m10.3 10.3 3 3" />
    </>
  ),
  assets: (
    <>
      <path d="M2.5 3.5h11M2.5 8h11M2.5 12.5h11" />
    </>
  ),
  map: (
    <>
      <rect x="2.5" y="2.5" width="4.5" height="4.5" rx="1" />
      <rect x="9" y="9" width="4.5" height="4.5" rx="1" />
      <rect x="9" y="2.5" width="4.5" height="3" rx="1" />
      <path d="M4.7 7v4.3H9" />
    </>
  ),
  lineage: (
    <>
      <circle cx="3.5" cy="4" r="1.6" />
      <circle cx="3.5" cy="12" r="1.6" />
      <circle cx="12.5" cy="8" r="1.6" />
      <path d="M5.1 4C8.5 4 7.5 8 10.9 8M5.1 12C8.5 12 7.5 8 10.9 8" />
    </>
  ),
  tests: (
    <>
      <path d="M3 8.5 6.3 12 13 4.5" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.3" />
      <path d="M8 5v3.3l2.2 1.4" />
    </>
  ),
  runs: (
    <>
      <path d="M4.5 3v10l8-5z" />
    </>
  ),
  changes: (
    <>
      <path d="M5 3v10m0 0-2.3-2.3M5 13l2.3-2.3M11 13V3m0 0L8.7 5.3M11 3l2.3 2.3" />
    </>
  ),
  problems: (
    <>
      <path d="M8 2.3 14.3 13H1.7z" />
      <path d="M8 6.5v3M8 11v.6" />
    </>
  ),
  metrics: (
    <>
      <path d="M3 13V9M8 13V3M13 13V6.5" />
    </>
  ),
  exposures: (
    <>
      <path d="M2.5 3.5h7l4 4.5-4 4.5h-7z" />
    </>
  ),
  owners: (
    <>
      <circle cx="8" cy="5.5" r="2.6" />
      <path d="M3 13.5c.6-3 2.6-4 5-4s4.4 1 5 4" />
    </>
  ),
  tags: (
    <>
      <path d="M2.5 2.5h5L13.5 8.5l-5 5L2.5 7.5z" />
      <circle cx="5.3" cy="5.3" r=".8" />
    </>
  ),
  imports: (
    <>
      <path d="M8 2.5v7.5m0 0L5 7m3 3 3-3M2.5 12.5h11" />
    </>
  ),
  integrations: (
    <>
      <path d="M6 2.5v3M10 2.5v3M4.5 5.5h7v2.5a3.5 3.5 0 0 1-7 0zM8 11.5v2.5" />
    </>
  ),
  schemas: (
    <>
      <ellipse cx="8" cy="4" rx="5" ry="1.9" />
      <path d="M3 4v8c0 1 2.2 1.9 5 1.9s5-.9 5-1.9V4M3 8c0 1 2.2 1.9 5 1.9S13 9 13 8" />
    </>
  ),
  settings: (
    <>
      <circle cx="8" cy="8" r="2" />
      <path d="M8 2v2M8 12v2M2 8h2M12 8h2M3.8 3.8l1.4 1.4M10.8 10.8l1.4 1.4M3.8 12.2l1.4-1.4M10.8 5.2l1.4-1.4" />
    </>
  ),
  menu: (
    <>
      <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />
    </>
  ),
  down: (
    <>
      <path d="m5 6 3 3 3-3" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 3.5v-1h-8v8h1" />
    </>
  ),
  more: (
    <>
      <circle cx="3.5" cy="8" r=".9" fill="currentColor" />
      <circle cx="8" cy="8" r=".9" fill="currentColor" />
      <circle cx="12.5" cy="8" r=".9" fill="currentColor" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  minus: (
    <>
      <path d="M3 8h10" />
    </>
  ),
  star: (
    <>
      <path d="m8 2.3 1.7 3.6 3.9.5-2.8 2.7.7 3.9L8 11.1 4.5 13l.7-3.9-2.8-2.7 3.9-.5z" />
    </>
  ),
  close: (
    <>
      <path d="m4 4 8 8m0-8-8 8" />
    </>
  ),
  edit: (
    <>
      <path d="M3 13h2l7.5-7.5-2-2L3 11z" />
    </>
  ),
  download: (
    <>
      <path d="M8 3v9m0 0 3.5-3.5M8 12 4.5 8.5" />
    </>
  ),
  filter: (
    <>
      <path d="M2.5 4h11M4.5 8h7M6.5 12h3" />
    </>
  ),
  fit: (
    <>
      <path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />
    </>
  ),
  centre: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 2v2.5M8 11.5V14M2 8h2.5M11.5 8H14" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M8 7.2v3.6M8 5v.4" />
    </>
  ),
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1.2" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  open: (
    <>
      <path d="M9 3h4v4M13 3 7.5 8.5M11.5 9.5V13H3V4.5h3.5" />
    </>
  ),
  bucket: (
    <>
      <path d="M2.5 4h11l-1.5 9.5H4z" />
      <ellipse cx="8" cy="4" rx="5.5" ry="1.5" />
    </>
  ),
  eye: (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  code: (
    <>
      <path d="m5.5 5-3 3 3 3M10.5 5l3 3-3 3" />
    </>
  ),
  package: (
    <>
      <path d="M3 4v8l5 2.5 5-2.5V4L8 1.5z" />
      <path d="M6.5 5v6M9.5 5v6" />
    </>
  ),
  right: (
    <>
      <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />
    </>
  ),
  dbt: (
    <>
      <path d="M3 4.5 8 8l5-3.5M3 11.5 8 8l5 3.5" />
    </>
  ),
  postgres: (
    <>
      <ellipse cx="8" cy="4.5" rx="5" ry="2" />
      <path d="M3 4.5v7c0 1.1 2.2 2 5 2s5-.9 5-2v-7" />
    </>
  ),
  snowflake: (
    <>
      <path d="M8 2v12M2.8 5l10.4 6M2.8 11 13.2 5" />
    </>
  ),
  bigquery: (
    <>
      <path d="m8 1.8 5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9z" />
      <path d="M6 8v2.5M8 6.5v4M10 7.5v3" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

/** An icon of 16 units, in the colour of the text. It is decoration: the control around it has the name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {paths[name]}
    </svg>
  );
}
