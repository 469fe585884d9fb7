package dev.socketserver;

import java.util.Map;

/**
 * What has become of the datagrams of a server. When nothing is under way, those that
 * were received were handled or dropped, but for {@link DatagramDrop#KERNEL} and
 * {@link DatagramDrop#AMPLIFICATION}, which were not received. With a framing, one of
 * which a part was handled may also count as dropped, as {@link DatagramDrop#UNFRAMED}.
 *
 * @param received how many were received
 * @param sent how many the operating system has taken
 * @param dropped how many were dropped, by reason; without entries of zero
 */
public record DatagramStatistics(long received, long sent, Map<DatagramDrop, Long> dropped) {

	/** Checks the components. */
	public DatagramStatistics {
		dropped = Map.copyOf(dropped);
	}

}
