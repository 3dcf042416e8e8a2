import { type ReactNode, useState } from "react";
import { Icon } from "./icon";

/** Writes a text to the clipboard, and reports whether the browser let it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A button that copies a text. Its name is what it copies; for a moment it says that it did. */
export function Copy({
  text,
  label,
  children,
  className = "btn quiet icon sm",
}: {
  text: string;
  label: string;
  children?: ReactNode;
  className?: string;
}) {
  const [copied, setCopied] = useState<"" | "Copied" | "The browser did not let it be copied">("");
  return (
    <button
      type="button"
      className={className}
      aria-label={children ? undefined : label}
      title={copied || label}
      onClick={async () => {
        setCopied((await copy(text)) ? "Copied" : "The browser did not let it be copied");
        setTimeout(() => setCopied(""), 1500);
      }}
    >
      <Icon name={copied === "Copied" ? "tests" : "copy"} size={13} />
      {children}
      <span className="vh" role="status">
        {copied}
      </span>
    </button>
  );
}
