/** Whether a comment says that code is still to be written. */
export const saysTodo = (comment: string): boolean =>
  /\b(?:TODO|FIXME|XXX|TBD)\b|\b(?:implement (?:me|this|here|later|the|your)|not (?:yet )?implemented|to be (?:implemented|done|written|completed)|(?:your|actual|real|rest of the) (?:code|logic|implementation)|implementation (?:goes )?here|placeholder|stub)\b|待实现|待完成|待补充|未实现|尚未实现|稍后实现|在此实现|在这里实现|占位/i.test(
    comment.slice(0, 500),
  );

/** Whether the message of an error says the same; one that tells a subclass to do the work says something else. */
export const saysNotImplemented = (message: string): boolean =>
  /not (?:yet )?(?:been )?implemented|unimplemented|\bTODO\b|未实现/i.test(message.slice(0, 500)) &&
  !saysAbstract(message);

/** Whether words leave the work to a subclass. */
export const saysAbstract = (message: string): boolean =>
  /subclass|sub-class|abstract|overrid|derived|implementer|子类|抽象/i.test(message);

/** Whether a class is there to be extended, by its name. */
export const isBaseName = (name: string): boolean =>
  /^(?:Abstract|Base|I[A-Z])|(?:Base|Abstract|Interface|Protocol|Mixin|Listener|Adapter|Handler|Visitor)$/.test(name);

/** Whether a name says that nothing is to be done. */
export const isNoop = (name: string): boolean => /no_?op\b|^_?nop$|^(?:nothing|dummy|ignore|stub)/i.test(name);

export const emptyBody = (what: string): string => `${what} has an empty body`;
export const todoBody = (what: string): string => `${what} has only a note that it is still to be written`;
export const throwingBody = (what: string): string => `${what} only says that it is not implemented`;
