/** The guide's own look; a page changes it by the custom properties and the parts. */
export const style = `
:host {
  display: block;
  font: 15px/1.5 system-ui, sans-serif;
  --_accent: var(--lodger-accent, #2f6fde);
}
:host([hidden]), .guide[hidden] { display: none; }
.guide {
  max-width: 34em;
  padding: 20px 24px;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  border-radius: var(--lodger-radius, 8px);
}
h2 { margin: 0 0 .4em; font-size: 1.2em; }
p { margin: .5em 0; }
.step { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
code {
  flex: 1 1 16em;
  padding: 8px 10px;
  border-radius: 6px;
  font: 14px/1.4 ui-monospace, monospace;
  background: color-mix(in srgb, currentColor 10%, transparent);
  overflow-wrap: anywhere;
  user-select: all;
}
button, a.button {
  padding: 8px 14px;
  border: 1px solid var(--_accent);
  border-radius: 6px;
  font: inherit;
  color: inherit;
  background: none;
  text-decoration: none;
  cursor: pointer;
}
button:focus-visible, a.button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
`
