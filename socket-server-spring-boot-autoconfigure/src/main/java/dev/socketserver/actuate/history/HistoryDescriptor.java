package dev.socketserver.actuate.history;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What servers and clients were like in the last minutes.
 *
 * @param now the time of this answer, in milliseconds since 1970, as all times here
 * @param interval the time from one point to the next, in milliseconds
 * @param times when the points were taken, the oldest first
 * @param servers the servers
 * @param clients the clients
 */
@JsonPropertyOrder({ "now", "interval", "times", "servers", "clients" })
public record HistoryDescriptor(long now, int interval, List<Long> times, List<FiguresDescriptor> servers,
		List<FiguresDescriptor> clients) implements OperationResponseBody {

	public HistoryDescriptor {
		times = List.copyOf(times);
		servers = List.copyOf(servers);
		clients = List.copyOf(clients);
	}

	/**
	 * One server or client.
	 *
	 * @param name its name
	 * @param figures the values of each figure at the last of the times; fewer than these
	 * if it is younger. Of counters, by how much they have grown since the point before
	 * @param stuck in how many sessions a handler has run for too long just now
	 * @param refused how many connections were refused in the last five minutes, by
	 * reason; without reasons that did not occur
	 * @param closed how many sessions have ended in the last five minutes, by reason;
	 * without reasons that did not occur
	 * @param alarms the alarms of the last fifteen minutes: when there was the last of
	 * each kind
	 */
	@JsonPropertyOrder({ "name", "figures", "stuck", "refused", "closed", "alarms" })
	public record FiguresDescriptor(String name, Map<String, long[]> figures, long stuck, Map<String, Long> refused,
			Map<String, Long> closed, Map<String, Long> alarms) {

	}

}
