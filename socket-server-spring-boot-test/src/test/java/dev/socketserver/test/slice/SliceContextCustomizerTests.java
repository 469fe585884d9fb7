package dev.socketserver.test.slice;

import java.util.Set;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SliceContextCustomizer}.
 */
class SliceContextCustomizerTests {

	@Test
	void nameOfNoServerOrClientFailsTheTest() {
		assertThatIllegalStateException()
			.isThrownBy(() -> refresh(Set.of("my-order"), "socket.servers.my-orders.port=0"))
			.withMessage("@SocketServerTest names 'my-order', but no property has a server or client of that name, "
					+ "nearest: 'my-orders'");
		assertThatIllegalStateException().isThrownBy(() -> refresh(Set.of("orders")))
			.withMessage("@SocketServerTest names 'orders', but no property has a server or client of that name, "
					+ "and none of another name: write socket.servers.orders.port");
	}

	@Test
	void namesOfServersAndClients() {
		assertThatCode(() -> refresh(Set.of("my-orders", "elsewhere"), "socket.servers.my-orders.port=0",
				"socket.clients.elsewhere.host=localhost", "socket.servers.other.port=0"))
			.doesNotThrowAnyException();
		assertThatCode(() -> refresh(Set.of())).doesNotThrowAnyException();
	}

	private static void refresh(Set<String> names, String... properties) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			TestPropertyValues.of(properties).applyTo(context);
			new SliceContextCustomizer(names).customizeContext(context, null);
			context.refresh();
		}
	}

}
