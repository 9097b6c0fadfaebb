import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventParser, type StreamEvent } from "./sse";

function parse(chunks: string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const feed = eventParser((event) => events.push(event));
  for (const chunk of chunks) feed(chunk);
  return events;
}

const STREAM =
  'id: 1-0\nevent: job.changed\ndata: {"job":{"id":4}}\n\n: ping\n\nid: 2-0\nevent: counts.changed\r\ndata: {"project":\ndata: 5}\r\n\r\n';
const EVENTS = [
  { id: "1-0", type: "job.changed", data: { job: { id: 4 } } },
  { id: "2-0", type: "counts.changed", data: { project: 5 } },
];

describe("the event stream", () => {
  it("gives each event with its id, type and data, and no event for a ping", () => {
    expect(parse([STREAM])).toEqual(EVENTS);
  });

  it("reads the same events however the network cuts the text", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
        const chunks = places.slice(1).map((place, index) => STREAM.slice(places[index], place));
        expect(parse(chunks)).toEqual(EVENTS);
      }),
    );
  });

  it("waits for the empty line that ends an event", () => {
    expect(parse(["data: 1\n"])).toEqual([]);
  });

  it("keeps data that is no JSON as text", () => {
    expect(parse(["data: hello\n\n"])).toEqual([{ id: "", type: "message", data: "hello" }]);
  });
});
