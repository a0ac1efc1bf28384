/** What went wrong with a connection to `place`, for a person. */
export function socketFault(error: NodeJS.ErrnoException, place: string): string {
  switch (error.code) {
    case "ECONNREFUSED":
      return `${place} refused the connection: no gateway listens there`;
    case "ECONNRESET":
    case "EPIPE":
      return `the connection to ${place} was reset`;
    case "ETIMEDOUT":
      return `the connection to ${place} timed out`;
    case "ENOTFOUND":
      return `the host of ${place} is not known`;
    case "EAI_AGAIN":
      return `the host of ${place} could not be looked up for now`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return `there is no way through the network to ${place}`;
    default:
      return `the connection to ${place} failed: ${error.message}`;
  }
}
