package dev.socketserver.redis;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.Digest;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.directory.IdentityClaimer;
import dev.socketserver.cluster.directory.Lease;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.OwnedPage;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.engine.log.LoggedFailure;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import org.jspecify.annotations.Nullable;

/**
 * The directory in Redis. What is in Redis is input: the scripts remove what does not
 * make sense, and here it is left out.
 */
final class RedisDirectory implements ClusterDirectory {

	private static final int PAGE = 200;

	/** More would be no identity of ours. */
	private static final int MOST_OWNERS = 10_000;

	private final RedisKeys keys;

	/** For what the node lives on, which must not wait behind its users' traffic. */
	private final RedisLink control;

	private final RedisLink traffic;

	RedisDirectory(RedisKeys keys, RedisLink control, RedisLink traffic) {
		this.keys = keys;
		this.control = control;
		this.traffic = traffic;
	}

	private static byte[] bytes(Object value) {
		return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
	}

	private static String text(@Nullable Object value) {
		if (value instanceof byte[] bytes) {
			return new String(bytes, StandardCharsets.UTF_8);
		}
		throw new IllegalArgumentException("Redis has answered " + value + " where text was expected");
	}

	@SuppressWarnings("unchecked") // what MULTI gives
	private static List<Object> list(@Nullable Object value) {
		if (value instanceof List<?> list) {
			return (List<Object>) list;
		}
		throw new IllegalArgumentException("Redis has answered " + value + " where a list was expected");
	}

	private <T> CompletableFuture<T> run(RedisScript script, ScriptOutputType type, NodeId node, List<String> more,
			List<byte[]> values) {
		List<String> names = new ArrayList<>(List.of(this.keys.nodes(), this.keys.meta(), this.keys.owned()));
		names.addAll(more);
		return this.control.command((opened) -> {
			List<byte[]> arguments = new ArrayList<>(
					List.of(bytes(node.name()), bytes(node.incarnation()), bytes(opened.number())));
			arguments.addAll(values);
			return opened.commands()
				.<T>evalsha(script.digest(), type, names.toArray(String[]::new), arguments.toArray(byte[][]::new));
		});
	}

	@Override
	public CompletableFuture<Renewal> renew(Lease lease) {
		this.traffic.prepare();
		this.control.prepare();
		List<byte[]> values = List.of(bytes(lease.duration().toNanos() / 1_000), bytes(lease.draining() ? 1 : 0),
				bytes(lease.sessions()), bytes(lease.startedAt().toEpochMilli()), bytes(lease.joined()),
				bytes(lease.epoch()), bytes(lease.synced() ? 1 : 0), bytes(String.join(",", lease.known())),
				bytes(lease.highest()), bytes(UUID.randomUUID()));
		return this
			.<Object>run(RedisScript.RENEW, ScriptOutputType.MULTI, lease.node(), List.of(this.keys.graves()), values)
			.thenApply((answer) -> renewal(list(answer)));
	}

	private static Renewal renewal(List<Object> answer) {
		List<Renewal.Member> nodes = new ArrayList<>();
		for (Object node : list(answer.get(7))) {
			String[] parts = RedisKeys.parts(text(node), 5);
			nodes.add(new Renewal.Member(new NodeId(parts[0], parts[1]),
					new ClusterNode(parts[0], ClusterNode.State.valueOf(parts[2]), Integer.parseInt(parts[3]),
							Instant.ofEpochMilli(Long.parseLong(parts[4])))));
		}
		List<NodeId> graves = new ArrayList<>();
		for (Object grave : list(answer.get(8))) {
			String[] parts = RedisKeys.parts(text(grave), 2);
			graves.add(new NodeId(parts[0], parts[1]));
		}
		return new Renewal(text(answer.get(0)).equals("SUPERSEDED"), number(answer.get(1)), text(answer.get(2)),
				number(answer.get(3)), number(answer.get(4)), new Digest(number(answer.get(5)), number(answer.get(6))),
				nodes, graves, number(answer.get(9)));
	}

	private static long number(Object value) {
		return Long.parseLong(text(value));
	}

	@Override
	public CompletableFuture<List<ClaimResult>> claim(IdentityClaimer claimer, List<IdentityClaim> claims) {
		List<String> names = new ArrayList<>(List.of(this.keys.index(claimer.node())));
		List<byte[]> values = new ArrayList<>(List.of(bytes(claimer.deadline()), bytes(claimer.highest())));
		for (IdentityClaim claim : claims) {
			names.add(this.keys.identity(claim.identity().type(), claim.identity().id()));
			values.add(bytes(RedisKeys.escaped(claim.identity().server())));
			values.add(bytes(RedisKeys.escaped(claim.session())));
			values.add(bytes(claim.policy()));
			values.add(bytes(claim.token()));
			values.add(bytes(RedisKeys.member(claim.identity(), claim.session())));
		}
		return this.<Object>run(RedisScript.CLAIM, ScriptOutputType.MULTI, claimer.node(), names, values)
			.thenApply((answer) -> results(claims, list(answer)));
	}

	private static List<ClaimResult> results(List<IdentityClaim> claims, List<Object> answers) {
		List<ClaimResult> results = new ArrayList<>();
		for (int i = 0; i < claims.size(); i++) {
			List<Object> answer = list(answers.get(i));
			results.add(new ClaimResult(ClaimResult.Status.valueOf(text(answer.get(0))), number(answer.get(1)),
					entries(claims.get(i), list(answer.get(2))), entries(claims.get(i), list(answer.get(3)))));
		}
		return results;
	}

	private static List<DirectoryEntry> entries(IdentityClaim claim, List<Object> shown) {
		List<DirectoryEntry> entries = new ArrayList<>();
		for (Object one : shown) {
			String text = text(one);
			int end = text.lastIndexOf(' ');
			addTo(entries, () -> RedisKeys.owner(claim.identity().type(), claim.identity().id(), text.substring(0, end),
					Long.parseLong(text.substring(end + 1))));
		}
		return entries;
	}

	private static void addTo(List<DirectoryEntry> entries, Supplier<DirectoryEntry> read) {
		try {
			entries.add(read.get());
		}
		catch (IllegalArgumentException ex) {
			// Not written by a node.
		}
	}

	@Override
	public CompletableFuture<@Nullable Void> release(NodeId node, List<DirectoryEntry> entries) {
		List<String> names = new ArrayList<>(List.of(this.keys.index(node)));
		List<byte[]> values = new ArrayList<>();
		for (DirectoryEntry entry : entries) {
			names.add(this.keys.identity(entry.identity().type(), entry.identity().id()));
			values.add(bytes(RedisKeys.field(entry)));
			values.add(bytes(entry.token()));
			values.add(bytes(RedisKeys.member(entry.identity(), entry.session())));
		}
		return this.<Long>run(RedisScript.RELEASE, ScriptOutputType.INTEGER, node, names, values)
			.thenApply((done) -> null);
	}

	@Override
	public CompletableFuture<List<DirectoryEntry>> find(String type, String id) {
		String key = this.keys.identity(type, id);
		return this.traffic.command((opened) -> orEmpty(opened.commands().hgetall(key), Map.of()).thenApply((rows) -> {
			List<DirectoryEntry> entries = new ArrayList<>();
			rows.forEach((field, value) -> {
				if (entries.size() < MOST_OWNERS) {
					addTo(entries,
							() -> RedisKeys.owner(type, id, field, Long.parseLong(RedisKeys.parts(text(value), 2)[0])));
				}
			});
			return entries;
		}));
	}

	@Override
	public CompletableFuture<OwnedPage> owned(NodeId node, String from) {
		return scan(node, from).thenApply(
				(page) -> new OwnedPage(indexed(node, page.getMap()), page.isFinished() ? "" : page.getCursor()));
	}

	private CompletableFuture<MapScanCursor<String, byte[]>> scan(NodeId node, String from) {
		String index = this.keys.index(node);
		String cursor = from.isEmpty() ? "0" : from;
		return this.control.command((opened) -> orEmpty(
				opened.commands().hscan(index, ScanCursor.of(cursor), ScanArgs.Builder.limit(PAGE)), nothing()));
	}

	private static MapScanCursor<String, byte[]> nothing() {
		MapScanCursor<String, byte[]> nothing = new MapScanCursor<>();
		nothing.setFinished(true);
		return nothing;
	}

	/** A key of another type is none of ours: the scripts remove it. */
	private static <T> CompletionStage<T> orEmpty(CompletionStage<T> answer, T empty) {
		return answer.exceptionallyCompose((failure) -> {
			Throwable cause = LoggedFailure.cause(failure);
			return (cause instanceof RedisCommandExecutionException
					&& String.valueOf(cause.getMessage()).startsWith("WRONGTYPE"))
							? CompletableFuture.completedFuture(empty) : CompletableFuture.failedFuture(failure);
		});
	}

	private static List<DirectoryEntry> indexed(NodeId node, Map<String, byte[]> rows) {
		List<DirectoryEntry> entries = new ArrayList<>();
		rows.forEach((member, token) -> addTo(entries, () -> RedisKeys.indexed(node, member, number(token))));
		return entries;
	}

	@Override
	public CompletableFuture<String> sweep(NodeId node, String from) {
		return scan(node, from).thenCompose((page) -> {
			List<String> names = new ArrayList<>(List.of(this.keys.index(node), this.keys.graves()));
			List<DirectoryEntry> entries = indexed(node, page.getMap());
			// A page may be empty and not the last: most places of the index are, when
			// much of it is removed.
			List<byte[]> values = new ArrayList<>(List.of(bytes(page.isFinished() ? 1 : 0)));
			for (DirectoryEntry entry : entries) {
				names.add(this.keys.identity(entry.identity().type(), entry.identity().id()));
				values.add(bytes(RedisKeys.field(entry)));
				values.add(bytes(RedisKeys.member(entry.identity(), entry.session())));
			}
			return this.<Long>run(RedisScript.SWEEP, ScriptOutputType.INTEGER, node, names, values)
				.thenApply((over) -> (over == 1) ? "" : page.getCursor());
		});
	}

	@Override
	public CompletableFuture<@Nullable Void> leave(NodeId node) {
		return this.<Long>run(RedisScript.LEAVE, ScriptOutputType.INTEGER, node, List.of(this.keys.graves()), List.of())
			.thenApply((done) -> null);
	}

	@Override
	public void reconnect() {
		this.control.dropPrepared();
		this.traffic.dropPrepared();
	}

	@Override
	public void close() {
		this.control.close();
		this.traffic.close();
	}

}
