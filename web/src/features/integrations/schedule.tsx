import { useState } from "react";
import { Field } from "@/ui/field";
import { fieldErrors, Refused } from "@/ui/refused";
import { Time } from "@/ui/time";
import type { TabProps } from "./integration";

const ways = [
  ["daily", "Every day"],
  ["hours", "Every few hours"],
  ["weekly", "Every week"],
  ["cron", "By a cron line"],
  ["never", "Only when a file arrives or somebody runs it"],
] as const;

type ScheduleWay = (typeof ways)[number][0];

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** When to look for what is new: the usual ways in words, any other as a cron line. */
export function Schedule({ item, save }: TabProps) {
  const { cron, time_zone } = item.attributes.schedule;
  const [way, setWay] = useState<ScheduleWay>(() => wayOf(cron));
  const parts = cron.split(" ");
  const [time, setTime] = useState(() =>
    /^\d+ \d+ /.test(cron) ? `${(parts[1] ?? "6").padStart(2, "0")}:${(parts[0] ?? "0").padStart(2, "0")}` : "06:00",
  );
  const [hours, setHours] = useState(() => cron.match(/^\d+ \*\/(\d+) /)?.[1] ?? "6");
  const [day, setDay] = useState(() => (wayOf(cron) === "weekly" ? (parts[4] ?? "1") : "1"));
  const [line, setLine] = useState(cron);
  const [zone, setZone] = useState(time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [error, setError] = useState<unknown>();
  const refused = fieldErrors(error);
  const [hour = "6", minute = "0"] = time.split(":").map((p) => String(Number(p)));
  const next = {
    daily: `${minute} ${hour} * * *`,
    hours: `0 */${hours} * * *`,
    weekly: `${minute} ${hour} * * ${day}`,
    cron: line.trim(),
    never: "",
  }[way];
  return (
    <form
      aria-label="Schedule"
      className="formnarrow"
      onSubmit={async (e) => {
        e.preventDefault();
        setError(undefined);
        try {
          await save({ schedule: { cron: next, time_zone: zone } });
        } catch (err) {
          setError(err);
        }
      }}
    >
      <fieldset className="plainset">
        <legend className="lb">When to look for what is new</legend>
        {ways.map(([value, label]) => (
          <label className="check" key={value}>
            <input type="radio" name="way" checked={way === value} onChange={() => setWay(value)} />
            {label}
          </label>
        ))}
      </fieldset>
      {(way === "daily" || way === "weekly") && (
        <div className="field">
          <label className="lb" htmlFor="time">
            At
          </label>
          <input
            id="time"
            className="input"
            type="time"
            value={time}
            onChange={(e) => setTime(e.target.value || "06:00")}
          />
        </div>
      )}
      {way === "weekly" && (
        <div className="field">
          <label className="lb" htmlFor="day">
            On
          </label>
          <select id="day" className="select" value={day} onChange={(e) => setDay(e.target.value)}>
            {days.map((d, i) => (
              <option key={d} value={String(i)}>
                {d}
              </option>
            ))}
          </select>
        </div>
      )}
      {way === "hours" && (
        <div className="field">
          <label className="lb" htmlFor="hours">
            Hours
          </label>
          <select id="hours" className="select" value={hours} onChange={(e) => setHours(e.target.value)}>
            {["1", "2", "3", "4", "6", "8", "12"].map((h) => (
              <option key={h}>{h}</option>
            ))}
          </select>
        </div>
      )}
      {way === "cron" && (
        <Field
          label="Cron"
          mono
          value={line}
          onChange={setLine}
          hint="Minute, hour, day of the month, month, day of the week"
          error={refused("schedule.cron")}
        />
      )}
      {way !== "never" && (
        <Field
          label="Time zone"
          value={zone}
          onChange={setZone}
          hint="Such as Europe/London"
          error={refused("schedule.time_zone")}
        />
      )}
      <Refused error={error} />
      <p className="t2 formend">
        {item.attributes.next_sync_at ? (
          <>
            Next: <Time at={item.attributes.next_sync_at} />
          </>
        ) : (
          "None is scheduled."
        )}
      </p>
      <div className="row formend">
        <button type="submit" className="btn pri">
          Save
        </button>
      </div>
    </form>
  );
}

function wayOf(cron: string): ScheduleWay {
  if (cron === "") return "never";
  if (/^\d+ \d+ \* \* \*$/.test(cron)) return "daily";
  if (/^\d+ \*\/\d+ \* \* \*$/.test(cron)) return "hours";
  if (/^\d+ \d+ \* \* [0-6]$/.test(cron)) return "weekly";
  return "cron";
}
