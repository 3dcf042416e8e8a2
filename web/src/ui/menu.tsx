import type { ReactNode } from "react";
import { Menu as AriaMenu, Button, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";

/** A button that opens a menu of actions or links. */
export function Menu({
  label,
  button,
  className = "btn",
  children,
}: {
  label: string;
  button: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <MenuTrigger>
      <Button className={className} aria-label={label}>
        {button}
      </Button>
      <Popover className="pop" placement="bottom end" offset={4}>
        <AriaMenu className="menu">{children}</AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

/** One action of a menu. */
export function Item({
  onAction,
  children,
  danger,
  disabled,
}: {
  onAction: () => void;
  children: ReactNode;
  danger?: boolean;
  disabled?: boolean;
}) {
  return (
    <MenuItem
      className={({ isFocused }) => `${isFocused ? "on" : ""} ${danger ? "danger" : ""}`}
      onAction={onAction}
      isDisabled={disabled}
      textValue={typeof children === "string" ? children : undefined}
    >
      {children}
    </MenuItem>
  );
}

/** A line between the actions of a menu. */
export function Rule() {
  return <Separator className="rule" elementType="hr" />;
}
