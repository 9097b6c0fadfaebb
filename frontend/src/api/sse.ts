export interface StreamEvent {
  id: string;
  type: string;
  data: unknown;
}

/** Parse the text/event-stream format as it comes in, chunk by chunk. */
export function eventParser(emit: (event: StreamEvent) => void): (chunk: string) => void {
  let rest = "";
  let id = "";
  let type = "";
  let data: string[] = [];
  function line(text: string) {
    if (text === "") {
      if (data.length > 0) emit({ id, type: type || "message", data: parsed(data.join("\n")) });
      type = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return; // a comment: the ping
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") type = value;
    else if (field === "data") data.push(value);
    else if (field === "id") id = value;
  }
  return (chunk) => {
    rest += chunk;
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const text of lines) line(text);
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
