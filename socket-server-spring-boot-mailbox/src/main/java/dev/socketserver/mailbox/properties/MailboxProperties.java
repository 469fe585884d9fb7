package dev.socketserver.mailbox.properties;

import java.time.Duration;

import dev.socketserver.autoconfigure.properties.Written;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How a server delivers letters of {@code socket.mailbox}.
 *
 * @param identity Type of identity whose letters the server delivers, such as device;
 * empty for none. Needs socket-server-spring-boot-starter-mailbox.
 * @param acknowledge What delivers a letter: reply, for a reply of the peer, or written,
 * when the operating system has taken it, which says nothing of the peer.
 * @param sendOn When letters are sent: bound, from when the session is bound, or message,
 * only for a while after a message of the peer, for peers behind NAT.
 * @param active How long letters are sent after a message of the peer, with send-on
 * message. A duration without a unit is in milliseconds.
 * @param timeout How long to wait for the acknowledgment of one attempt. A duration
 * without a unit is in milliseconds.
 * @param attempts Number of attempts, after which a letter is refused.
 * @param retry Pause between attempts, which doubles up to ten minutes. A duration
 * without a unit is in milliseconds.
 */
@ConfigurationProperties("socket.server-defaults.mailbox")
public record MailboxProperties(@Nullable String identity, @Nullable Acknowledge acknowledge, @Nullable SendOn sendOn,
		@Nullable Duration active, @Nullable Duration timeout, @Nullable Integer attempts, @Nullable Duration retry) {

	/** Takes an empty identity as if it were not there. */
	public MailboxProperties {
		identity = Written.orNone(identity);
	}

	/** What delivers a letter. */
	public enum Acknowledge {

		/** A reply of the peer. */
		REPLY,

		/** The operating system has taken the last byte. */
		WRITTEN

	}

	/** When letters are sent. */
	public enum SendOn {

		/** From when the session is bound. */
		BOUND,

		/** Only for a while after a message of the peer. */
		MESSAGE

	}

}
