declare module 'novnc/core/rfb.js' {
  /** What we use of noVNC's client. */
  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: unknown, options?: { shared?: boolean })
    scaleViewport: boolean
    clipViewport: boolean
    resizeSession: boolean
    viewOnly: boolean
    focusOnClick: boolean
    showDotCursor: boolean
    background: string
    qualityLevel: number
    compressionLevel: number
    disconnect(): void
    focus(): void
    blur(): void
    sendKey(keysym: number, code: string | null, down?: boolean): void
    sendCtrlAltDel(): void
  }
}

declare module 'novnc/core/util/logging.js' {
  export function initLogging(level?: 'debug' | 'info' | 'warn' | 'error' | 'none'): void
}
