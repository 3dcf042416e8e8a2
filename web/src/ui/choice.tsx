import { Button, ListBox, ListBoxItem, Popover, Select } from "react-aria-components";

/** A filter with one of several values, as a chip: "State: any". */
export function Choice({
  name,
  values,
  value,
  onChange,
}: {
  name: string;
  values: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const chosen = values.find((v) => v.value === value);
  const items = [{ value: "", label: "any" }, ...values];
  return (
    <Select aria-label={name} value={value ?? ""} onChange={(key) => onChange(key === "" ? undefined : String(key))}>
      <Button className={chosen ? "chip on" : "chip"}>
        {name}: {chosen?.label ?? value ?? "any"}
      </Button>
      <Popover className="pop" placement="bottom start" offset={4}>
        <ListBox className="menu" items={items}>
          {(v) => (
            <ListBoxItem id={v.value} textValue={v.label}>
              {v.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
