import { slic } from "../geometry/slic";

export interface SlicRequest {
  readonly id: number;
  readonly rgba: Uint8ClampedArray;
  readonly w: number;
  readonly h: number;
  readonly side: number;
}

export interface SlicAnswer {
  readonly id: number;
  readonly labels: Int32Array;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<SlicRequest>) => void;
  postMessage: (answer: SlicAnswer, transfer: Transferable[]) => void;
};

scope.onmessage = ({ data: { id, rgba, w, h, side } }) => {
  const labels = slic(rgba, w, h, side);
  scope.postMessage({ id, labels }, [labels.buffer]);
};
