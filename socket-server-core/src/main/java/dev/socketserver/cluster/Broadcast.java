package dev.socketserver.cluster;

import java.util.Map;

/**
 * The result of a broadcast.
 *
 * @param sessions how many sessions took it, on all nodes that have answered
 * @param unreached the nodes that did not answer, by their names, and why
 */
public record Broadcast(int sessions, Map<String, Delivery> unreached) {

	public Broadcast {
		unreached = Map.copyOf(unreached);
	}

}
