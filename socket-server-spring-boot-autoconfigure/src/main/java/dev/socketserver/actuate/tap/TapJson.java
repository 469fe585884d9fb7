package dev.socketserver.actuate.tap;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.address.Cidr;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapMessage;
import dev.socketserver.operator.TapRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;

/**
 * A tap for programs: who asked for what, and the last messages with their times. What it
 * has of them is bounded, since whoever looks at a tap asks for it again and again.
 */
final class TapJson {

	/** Of more messages, or more bytes, the last ones are shown. */
	private static final int MOST_MESSAGES = 1_000;

	private static final int MOST_BYTES = 64 * 1024;

	private final JsonWriter<SocketTap> writer = JsonWriter.of((members) -> {
		members.add("id", SocketTap::id);
		members.add("requestedBy", (tap) -> tap.request().requestedBy());
		// In the words of the request that starts a tap.
		members.add("selectors", SocketTap::request).usingMembers((selectors) -> {
			selectors.add("session", TapRequest::session).whenNotNull();
			selectors.add("server", TapRequest::server).whenNotNull();
			selectors.add("client", TapRequest::client).whenNotNull();
			selectors.add("bound", TapRequest::bound).whenNotNull().as((bound) -> bound.type() + ":" + bound.id());
			selectors.add("remote", TapRequest::remote).whenNotNull().as(Cidr::toString);
			selectors.add("next", TapRequest::next).when((next) -> next).as(String::valueOf);
		});
		members.add("startedAt", (tap) -> tap.startedAt().toString());
		members.add("endsAt", (tap) -> tap.endsAt().toString());
		members.add("limit", (tap) -> tap.request().bytes());
		members.add("state", (tap) -> tap.state().name());
		members.add("sessions", SocketTap::sessions);
		members.add("bytes", SocketTap::bytes);
		members.add("dropped", SocketTap::dropped);
		members.from(Shown::of).usingMembers((shown) -> {
			shown.add("left", Shown::left);
			shown.add("messages", Shown::messages).as((messages) -> messages.stream().map(TapJson::message).toList());
		});
	});

	byte[] write(SocketTap tap) {
		return this.writer.write(tap).toByteArray(StandardCharsets.UTF_8);
	}

	private static Map<String, String> message(TapMessage message) {
		Map<String, String> members = new LinkedHashMap<>();
		members.put("session", message.session());
		members.put("at", message.at().toString());
		members.put("kind", message.kind().name());
		CloseReason reason = message.reason();
		if (reason != null) {
			members.put("reason", reason.name());
		}
		else {
			members.put("bytes", Base64.getEncoder().encodeToString(message.payload()));
		}
		return members;
	}

	/**
	 * What is shown of the messages.
	 *
	 * @param left how many came before
	 * @param messages the last ones
	 */
	private record Shown(int left, List<TapMessage> messages) {

		static Shown of(@Nullable SocketTap tap) {
			List<TapMessage> all = Objects.requireNonNull(tap).messages();
			int first = all.size();
			long bytes = 0;
			while (first > 0 && all.size() - first < MOST_MESSAGES) {
				bytes += all.get(first - 1).payload().length;
				// The last one is shown, however long it is.
				if (bytes > MOST_BYTES && first < all.size()) {
					break;
				}
				first--;
			}
			return new Shown(first, all.subList(first, all.size()));
		}

	}

}
