/** The display's own look; a page changes it by the custom properties and the parts. */
export const style = `
:host {
  display: block;
  --_accent: var(--lodger-accent, #2f6fde);
  --_screen: var(--lodger-screen, #14171c);
  font: 14px/1.4 system-ui, sans-serif;
}
:host([hidden]) { display: none; }
.frame {
  position: relative;
  display: flex;
  flex-direction: column;
  height: 100%;
  border-radius: var(--lodger-radius, 8px);
  overflow: hidden;
  background: var(--_screen);
  color: #e8eaed;
  outline: 2px solid transparent;
  outline-offset: 2px;
}
.frame.captured { outline-color: var(--_accent); }
.stage {
  position: relative;
  flex: 1 1 auto;
  min-height: 0;
  aspect-ratio: var(--lodger-aspect, 8 / 5);
}
.screen, .ghost, .overlay { position: absolute; inset: 0; }
.ghost { display: flex; opacity: .45; }
.ghost canvas { margin: auto; max-width: 100%; max-height: 100%; object-fit: contain; }
.overlay {
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 10px;
  padding: 16px;
  text-align: center;
  background: color-mix(in srgb, var(--_screen) 72%, transparent);
}
.overlay[hidden] { display: none; }
.title { font-size: 18px; font-weight: 600; }
.detail { max-width: 44em; color: #b9c0ca; font-variant-numeric: tabular-nums; }
.detail:empty { display: none; }
.spinner {
  width: 28px; height: 28px;
  border: 3px solid rgb(255 255 255 / .2);
  border-top-color: #fff;
  border-radius: 50%;
  animation: turn 1s linear infinite;
}
.spinner[hidden], progress[hidden] { display: none; }
progress { width: min(320px, 80%); height: 8px; accent-color: var(--_accent); }
.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px 8px;
  padding: 6px 8px 6px 12px;
  background: rgb(255 255 255 / .06);
  font-size: 13px;
}
.bar[hidden] { display: none; }
.hint { flex: 1 1 12em; color: #b9c0ca; }
.buttons { display: flex; gap: 6px; margin-left: auto; }
button {
  font: inherit;
  color: inherit;
  padding: 3px 10px;
  border: 1px solid rgb(255 255 255 / .25);
  border-radius: 6px;
  background: rgb(255 255 255 / .06);
  cursor: pointer;
}
button:disabled { opacity: .45; cursor: default; }
button:enabled:hover { background: rgb(255 255 255 / .14); }
button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 1px; }
.frame:fullscreen { border-radius: 0; outline: none; }
.frame:fullscreen .stage { aspect-ratio: auto; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) {
  .spinner { animation: none; border-color: rgb(255 255 255 / .55); }
}
@media (forced-colors: active) {
  .frame.captured { outline-color: Highlight; }
}
`
