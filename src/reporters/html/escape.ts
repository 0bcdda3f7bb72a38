const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, lone surrogates, and what turns the direction of text around: shown by number, never let through. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/gu;

/** Text for the content of an element, or for an attribute in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(UNSEEN, shownByNumber).replace(/[&<>"']/g, character => ENTITIES[character]!);
}

function shownByNumber(character: string): string {
  if (/[\t\n\r]/.test(character)) return character;
  return character === '\uFEFF' ? '' : `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** The address of a link; empty for anything but the web's own. */
export function safeUrl(url: string): string {
  return /^https?:\/\//.test(url) ? escapeHtml(url) : '';
}
