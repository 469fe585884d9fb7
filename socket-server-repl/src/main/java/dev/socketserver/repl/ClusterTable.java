package dev.socketserver.repl;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.search.ClusterList;
import dev.socketserver.operation.search.SessionQuery;

import org.springframework.beans.factory.BeanFactory;

/**
 * The nodes of the cluster and their sessions, as a console shows them.
 */
final class ClusterTable {

	private final BeanFactory beans;

	ClusterTable(BeanFactory beans) {
		this.beans = beans;
	}

	/** Returns a line for each node. */
	List<String> nodes() {
		SocketCluster cluster = this.beans.getBean(SocketCluster.class);
		return cluster.nodes()
			.stream()
			.map((node) -> node.name() + "  " + node.state() + "  sessions " + node.sessions() + "  since "
					+ node.startedAt() + (node.name().equals(cluster.node()) ? "  this one" : ""))
			.toList();
	}

	/** Returns a line for each session of a page, and what is to be known of the page. */
	List<String> lines(Map<String, String> parameters) {
		ClusterList list = this.beans.getBeanProvider(ClusterList.class).getIfAvailable();
		if (list == null) {
			throw new RefusedOperationException(
					"Nodes show each other their sessions where the endpoint socketsessions is exposed, and here it is not");
		}
		Map<String, Object> found = list.sessions(SessionQuery.of(parameters::get));
		List<String> lines = new ArrayList<>();
		List<?> sessions = (List<?>) Objects.requireNonNull(found.get("sessions"));
		sessions.forEach((session) -> lines.add(line((Map<?, ?>) session)));
		Object total = ((Map<?, ?>) Objects.requireNonNull(found.get("page"))).get("total");
		if (total instanceof Number all && sessions.size() < all.longValue()) {
			lines.add(more(sessions.size(), all.longValue()));
		}
		((List<?>) Objects.requireNonNull(found.get("missing")))
			.forEach((node) -> lines.add("Node " + node + " does not answer"));
		return lines;
	}

	/** Says that a page does not show all, and how to see others. */
	static String more(long shown, long total) {
		return shown + " of " + total + "; page= and after= show others";
	}

	private static String line(Map<?, ?> session) {
		String line = session.get("id") + "  " + session.get("remoteAddress") + "  ";
		return (session.get("closed") instanceof Map<?, ?> closed && closed.get("at") != null)
				? line + closed.get("reason") + "  at " + closed.get("at")
				: line + session.get("state") + "  since " + session.get("openedAt");
	}

}
