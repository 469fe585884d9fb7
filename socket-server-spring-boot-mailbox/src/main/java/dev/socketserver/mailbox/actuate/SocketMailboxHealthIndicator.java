package dev.socketserver.mailbox.actuate;

import java.util.function.Supplier;

import dev.socketserver.mailbox.delivery.StoreAccess;
import dev.socketserver.mailbox.delivery.StoreAccess.Outage;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the mailbox: {@code DOWN} while its store cannot be used. Answers from
 * memory: the mailbox asks its store at intervals anyway.
 */
public class SocketMailboxHealthIndicator extends AbstractHealthIndicator {

	private final Supplier<@Nullable StoreAccess> access;

	/**
	 * Creates the indicator.
	 * @param access gives the store, or {@code null} while nothing uses the mailbox
	 */
	public SocketMailboxHealthIndicator(Supplier<@Nullable StoreAccess> access) {
		this.access = access;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		StoreAccess known = this.access.get();
		Outage outage = (known != null) ? known.outage() : null;
		if (outage == null) {
			builder.up();
		}
		else {
			builder.down().withDetail("since", outage.since());
		}
	}

}
