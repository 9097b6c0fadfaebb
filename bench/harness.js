// Runs in the page before its own scripts: how long frames are apart, how long the page's code holds the main thread
// for an event and for the painting after it, and every task that held it for more than 50 ms.
window.lwBench = (() => {
  const now = () => performance.now();
  const long = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) long.push({ start: startTime, ms: duration });
  }).observe({ type: "longtask", buffered: true });

  let painting = 0; // ms of the page's animation callbacks since the last frame
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (run) =>
    ask((time) => {
      const begun = now();
      run(time);
      painting += now() - begun;
    });

  let handling = 0;
  let events = [];
  let begun = 0;
  for (const type of ["pointermove", "wheel"]) {
    window.addEventListener(type, () => { begun = now(); }, { capture: true, passive: true });
    window.addEventListener(type, () => { handling += now() - begun; events.push(now() - begun); }, { passive: true });
  }

  let watching = false;
  let intervals = [];
  let work = [];
  function watch() {
    [watching, intervals, work, events, handling, painting] = [true, [], [], [], 0, 0];
    let last = 0;
    const tick = (time) => {
      if (last) {
        intervals.push(time - last);
        work.push(handling + painting);
      }
      [last, handling, painting] = [time, 0, 0];
      if (watching) ask(tick);
    };
    ask(tick);
    return now();
  }
  function stop(since) {
    watching = false;
    return { intervals, work, events, long: long.filter(({ start }) => start >= since).map(({ ms }) => ms) };
  }
  return { watch, stop, long: () => long.map(({ ms }) => ms) };
})();
