import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode } from "react";

/**
 * Markdown as React elements. What people and artifacts write is never parsed as HTML: tags in it are shown as text,
 * links go to http, https, mailto and pages here only, and images, which would be requests elsewhere, become links.
 */
export function Markdown({ text }: { text: string }) {
  return <div className="read any">{blocks(lexer(text, { gfm: true }))}</div>;
}

const blockTypes = new Set(["paragraph", "heading", "list", "blockquote", "code", "table", "space", "html"]);

/** Markdown in one line: its text without marks, for lists. */
export function plainText(text: string): string {
  const out: string[] = [];
  const walk = (tokens: Token[]) => {
    for (const t of tokens) {
      if (t.type === "list") {
        for (const item of (t as Tokens.List).items) {
          walk(item.tokens);
          out.push(" ");
        }
      } else if ("tokens" in t && t.tokens) walk(t.tokens);
      else if (t.type === "br") out.push(" ");
      else if ("text" in t && typeof t.text === "string") out.push(t.text);
      if (blockTypes.has(t.type)) out.push(" ");
    }
  };
  walk(lexer(text, { gfm: true }));
  return out.join("").replace(/\s+/g, " ").trim();
}

function blocks(tokens: Token[]): ReactNode {
  // Tokens have no ids, and a text is drawn as a whole: their position is their key.
  return tokens.map((t, i) => <Fragment key={`${i}${t.type}`}>{block(t)}</Fragment>);
}

function block(token: Token): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return <Heading depth={(token as Tokens.Heading).depth}>{inlines(token.tokens)}</Heading>;
    case "code":
      return (
        <div className="code">
          <pre>{token.text}</pre>
        </div>
      );
    case "blockquote":
      return <blockquote>{blocks(token.tokens ?? [])}</blockquote>;
    case "list":
      return list(token as Tokens.List);
    case "hr":
      return <hr />;
    case "table":
      return table(token as Tokens.Table);
    case "paragraph":
      return <p>{inlines(token.tokens)}</p>;
    case "text":
      return token.tokens ? inlines(token.tokens) : token.text;
    default:
      return <p>{token.raw}</p>;
  }
}

// Headings of a description are below those of the page.
function Heading({ depth, children }: { depth: number; children: ReactNode }) {
  return depth <= 2 ? <h3>{children}</h3> : <h4>{children}</h4>;
}

function list(token: Tokens.List): ReactNode {
  const items = token.items.map((item, i) => (
    <li key={`${i}${item.raw.length}`}>
      {item.task && (
        <input type="checkbox" checked={item.checked} readOnly aria-label={item.checked ? "done" : "to do"} />
      )}
      {blocks(item.tokens)}
    </li>
  ));
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function table(token: Tokens.Table): ReactNode {
  return (
    <table className="table">
      <thead>
        <tr>
          {token.header.map((cell, i) => (
            <th key={`${i}${cell.text}`} scope="col">
              {inlines(cell.tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((row, r) => (
          <tr key={`${r}${row.length}`}>
            {row.map((cell, i) => (
              <td key={`${i}${cell.text}`}>{inlines(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inlines(tokens: Token[] | undefined): ReactNode {
  return tokens?.map((t, i) => <Fragment key={`${i}${t.type}`}>{inline(t)}</Fragment>);
}

function inline(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inlines(token.tokens)}</strong>;
    case "em":
      return <em>{inlines(token.tokens)}</em>;
    case "del":
      return <s>{inlines(token.tokens)}</s>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <SafeLink href={(token as Tokens.Link).href}>{inlines(token.tokens)}</SafeLink>;
    case "image":
      return <SafeLink href={(token as Tokens.Image).href}>{token.text || "image"}</SafeLink>;
    case "text":
      return token.tokens ? inlines(token.tokens) : token.text;
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

/** A link that somebody wrote: only to where a click can do no harm, else its text alone. */
export function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  const target = safeHref(href);
  if (!target) return <>{children}</>;
  return (
    <a href={target} rel="noopener noreferrer nofollow" target={target.startsWith("#") ? undefined : "_blank"}>
      {children}
    </a>
  );
}

/** The address of a link, if its scheme is one that runs nothing. */
export function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
  } catch {
    return href.startsWith("#") ? href : undefined;
  }
}
