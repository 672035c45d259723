import { Window } from 'happy-dom';

/**
 * What Mermaid itself says a diagram is; it throws what is wrong with one that it cannot draw.
 *
 * Mermaid looks for a document as it is loaded, and Node has none.
 */
export async function parseMermaid(diagram: string): Promise<string> {
  Object.assign(globalThis, { window: new Window(), document: new Window().document });
  try {
    const { default: mermaid } = await import('mermaid');
    const { diagramType } = await mermaid.parse(diagram);
    return diagramType;
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
    Reflect.deleteProperty(globalThis, 'document');
  }
}
