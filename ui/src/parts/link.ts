/** Whether what somebody wrote as a link leads to a page or a mail: anything else, such as a script, is only text. */
export function isLink(text: string): boolean {
  return /^(https?:\/\/|mailto:)\S+$/i.test(text);
}
