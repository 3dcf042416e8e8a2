import { Button, ListBox, ListBoxItem, Popover, Select } from "react-aria-components";
import { Icon } from "@/ui/icon";
import { usePatch, useSchema, useSchemas } from "./scope";

/** Chooses the schema whose catalog the pages show. */
export function ScopeMenu() {
  const { data } = useSchemas();
  const current = useSchema();
  const patch = usePatch();
  const all = data?.data ?? [];
  // Its place is kept until the schemas are known, or there are none.
  if (!current && data) return null;
  if (!current)
    return (
      <div className="scope" aria-hidden="true">
        <span className="grow">
          <b>&nbsp;</b>
          <small>&nbsp;</small>
        </span>
      </div>
    );
  return (
    <Select
      aria-label="Schema"
      value={current.id}
      onChange={(key) => patch({ schema: String(key), at: undefined }, false)}
    >
      <Button className="scope" data-short={current.id.replace("SCH-", "")}>
        <span className="grow">
          <b className="cut">{current.attributes.name}</b>
          <small>{detail(current)}</small>
        </span>
        <span className="t3">
          <Icon name="down" />
        </span>
      </Button>
      <Popover className="pop" placement="bottom start" offset={4}>
        <ListBox className="menu scopes" items={all}>
          {(s) => (
            <ListBoxItem id={s.id} textValue={s.attributes.name}>
              <span className="grow">
                <span className="w5">{s.attributes.name}</span>
                <span className="s t3"> {detail(s)}</span>
              </span>
              {s.id === current.id && <Icon name="tests" size={14} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

function detail(s: { id: string; attributes: { environment: string | null } }): string {
  return [s.id, s.attributes.environment].filter(Boolean).join(" · ");
}
