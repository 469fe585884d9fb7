package dev.socketserver.actuate.history;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.socketserver.SocketServer;
import dev.socketserver.operation.ActionNames;
import dev.socketserver.spec.DrainPlan;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What servers and clients were like in the last minutes.
 *
 * @param now the time of this answer, in milliseconds since 1970, as all times here
 * @param interval the time from one point to the next, in milliseconds
 * @param times when the points were taken, the oldest first
 * @param memory how many bytes wait, and how many may
 * @param files how many descriptors of files and sockets the process has, and how many it
 * may have; {@code null} if the system does not say
 * @param servers the servers
 * @param clients the clients
 */
@JsonPropertyOrder({ "now", "interval", "times", "memory", "files", "servers", "clients" })
public record HistoryDescriptor(long now, int interval, List<Long> times, UsedDescriptor memory,
		@Nullable UsedDescriptor files, List<FiguresDescriptor> servers,
		List<FiguresDescriptor> clients) implements OperationResponseBody {

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
	 * @param configured what the server has of what it may use; {@code null} for clients
	 */
	@JsonPropertyOrder({ "name", "figures", "stuck", "refused", "closed", "alarms", "configured" })
	public record FiguresDescriptor(String name, Map<String, long[]> figures, long stuck, Map<String, Long> refused,
			Map<String, Long> closed, Map<String, Long> alarms, @Nullable ConfiguredDescriptor configured) {

	}

	/**
	 * What is used of what there is.
	 *
	 * @param used how much is used
	 * @param limit how much there is
	 */
	@JsonPropertyOrder({ "used", "limit" })
	public record UsedDescriptor(long used, long limit) {

	}

	/**
	 * How a server is configured, as far as operators may ask for something else; times
	 * in milliseconds.
	 *
	 * @param sessions how many sessions it may have
	 * @param drainTimeout how long sessions have to end
	 * @param delay how long it accepts connections while it drains
	 * @param over the time over which a drain ends sessions
	 * @param order which of them a drain ends first
	 */
	@JsonPropertyOrder({ "sessions", "drainTimeout", "delay", "over", "order" })
	public record ConfiguredDescriptor(long sessions, long drainTimeout, long delay, long over, String order) {

		static ConfiguredDescriptor of(SocketServer server) {
			DrainPlan drain = server.spec().drain();
			return new ConfiguredDescriptor(server.statistics().maxSessions(), server.spec().drainTimeout().toMillis(),
					drain.delay().toMillis(), drain.over().toMillis(), ActionNames.of(drain.order()));
		}

	}

}
