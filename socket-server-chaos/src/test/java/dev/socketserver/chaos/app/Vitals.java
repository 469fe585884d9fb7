package dev.socketserver.chaos.app;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * All counters of the servers, what the handlers have seen, and what the process holds,
 * as lines of a name and a number.
 */
@RestController
class Vitals {

	private final SocketServers servers;

	private final SocketClients clients;

	private final HandlerLedger counters;

	Vitals(SocketServers servers, SocketClients clients, HandlerLedger counters) {
		this.servers = servers;
		this.clients = clients;
		this.counters = counters;
	}

	@GetMapping("/vitals")
	String vitals() {
		Map<String, Long> all = new TreeMap<>(this.counters.counts());
		for (SocketServer server : this.servers) {
			add(all, server.name() + ".", server.statistics());
			all.put(server.name() + ".listed", server.sessions().count());
		}
		for (SocketClient client : this.clients) {
			add(all, client.name() + ".", client.statistics());
		}
		all.put("memory", this.servers.memoryUsed());
		all.put("process.threads", (long) ManagementFactory.getThreadMXBean().getThreadCount());
		if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
			all.put("process.descriptors", unix.getOpenFileDescriptorCount());
		}
		all.put("process.direct",
				ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
					.stream()
					.filter((pool) -> pool.getName().equals("direct"))
					.mapToLong(BufferPoolMXBean::getMemoryUsed)
					.sum());
		return all.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + " " + entry.getValue())
			.collect(Collectors.joining("\n"));
	}

	@GetMapping("/heap")
	String heap() {
		System.gc();
		return Long.toString(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
	}

	private static void add(Map<String, Long> all, String prefix, ServerStatistics statistics) {
		all.put(prefix + "accepted", statistics.accepted());
		all.put(prefix + "opened", statistics.opened());
		all.put(prefix + "active", statistics.active());
		all.put(prefix + "pending", statistics.pending());
		all.put(prefix + "abandoned", statistics.abandoned());
		all.put(prefix + "listenersReplaced", statistics.listenersReplaced());
		all.put(prefix + "bytes.received", statistics.bytesReceived());
		all.put(prefix + "bytes.sent", statistics.bytesSent());
		all.put(prefix + "messages.received", statistics.messagesReceived());
		all.put(prefix + "messages.handled", statistics.messagesHandled());
		all.put(prefix + "messages.sent", statistics.messagesSent());
		all.put(prefix + "inbound.dropped", statistics.inboundDropped());
		all.put(prefix + "inbound.discarded", statistics.inboundDiscarded());
		all.put(prefix + "outbound.failed", statistics.outboundFailed());
		all.put(prefix + "outbound.refused", statistics.outboundRefused());
		all.put(prefix + "stuckCalls", statistics.stuckCalls());
		all.put(prefix + "stuckSessions", statistics.stuckSessions());
		all.put(prefix + "repliesDropped", statistics.repliesDropped());
		add(all, prefix + "closed.", statistics.closed());
		add(all, prefix + "rejected.", statistics.rejected());
		add(all, prefix + "handshakes.", statistics.handshakes());
		add(all, prefix + "requests.", statistics.requests());
		add(all, prefix + "calls.", statistics.handlerCalls());
	}

	private static void add(Map<String, Long> all, String prefix, ClientStatistics statistics) {
		all.put(prefix + "attempts", statistics.attempts());
		all.put(prefix + "connected", statistics.connected());
		all.put(prefix + "cancelled", statistics.cancelled());
		all.put(prefix + "client.accepted", statistics.accepted());
		all.put(prefix + "client.delivered", statistics.delivered());
		all.put(prefix + "client.undelivered", statistics.undelivered());
		all.put(prefix + "client.dropped", statistics.outboundDropped());
		all.put(prefix + "client.pending", (long) statistics.pending());
		all.put(prefix + "client.pendingReplies", (long) statistics.pendingReplies());
		all.put(prefix + "repliesDropped", statistics.repliesDropped());
		add(all, prefix + "failed.", statistics.failed());
		add(all, prefix + "closed.", statistics.closed());
		add(all, prefix + "requests.", statistics.requests());
	}

	private static void add(Map<String, Long> all, String prefix, Map<? extends Enum<?>, Long> counts) {
		counts.forEach((label, count) -> all.put(prefix + label, count));
	}

}
