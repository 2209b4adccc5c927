/** Text that is HTML. */
export interface Html {
  /** The HTML, escaped where needed. */
  readonly html: string
}

/** A value of an `html` template. */
export type HtmlPart = string | number | Html | readonly Html[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

const render = (part: HtmlPart): string => {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part))
  return 'html' in part ? part.html : part.map(render).join('')
}

/** A tagged template that makes HTML. It escapes all values that are not `Html` themselves. */
export const html = (texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html => ({
  html: texts.map((text, at) => text + (at < parts.length ? render(parts[at] ?? '') : '')).join(''),
})

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem}dd{margin:0}dt,small{opacity:.7}
form{display:inline-block;margin:.25rem .5rem .25rem 0}
button{font:inherit;color:inherit;background:none;border:1px solid #888;border-radius:.4rem;padding:.4rem 1rem;cursor:pointer}
button:hover{border-color:currentColor}form:first-of-type button{color:#fff;background:#1a5fb4;border-color:#1a5fb4}`

/** Returns a whole page, which says that it belongs to a local emulator and that no money moves. */
export const page = (title: string, body: Html): string =>
  `<!doctype html>${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${{ html: STYLE }}</style></head>
<body><h1>${title}</h1>${body}<p><small>Local emulator. No money moves here.</small></p></body></html>`.html
  }`
