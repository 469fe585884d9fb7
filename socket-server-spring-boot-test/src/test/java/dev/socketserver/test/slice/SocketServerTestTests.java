package dev.socketserver.test.slice;

import dev.socketserver.SocketServers;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.test.MockSocketSession;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketServerTest}.
 */
@SocketServerTest(value = "orders", properties = { "socket.servers.orders.port=7301", "socket.servers.other.port=7302",
		"socket.clients.elsewhere.host=localhost", "socket.clients.elsewhere.port=1" })
class SocketServerTestTests {

	@SocketConnection("orders")
	private SocketTestClient client;

	@Test
	void startsTheServerThatIsNamedWithWhatItsHandlerNeeds(@Autowired ApplicationContext context) {
		assertThat(this.client.json().ask(new ShopApplication.Order("tea", 2), ShopApplication.Receipt.class))
			.isEqualTo(new ShopApplication.Receipt("tea", 6));
		assertThat(context.getBean(SocketServers.class)).extracting((server) -> server.name())
			.containsExactly("orders");
		assertThat(ShopApplication.CREATED).as("neither other handlers nor runners").hasValue(0);
		assertThat(context.containsBean("applicationTaskExecutor")).as("of another auto-configuration").isFalse();
	}

	@Test
	void beansThatReadOrChangeSettingsCanBeMade(@Autowired SocketSettings settings) {
		assertThat(settings.plan().changes()).isEmpty();
	}

	@Test
	void anyHandlerCanBeCalledWithoutAServer(@Autowired ShopApplication.Orders orders) {
		MockSocketSession session = new MockSocketSession("orders");
		assertThat(orders.place(new ShopApplication.Order("cake", 1), session).price()).isEqualTo(4);
		assertThat(session.attributes()).containsEntry("last", "cake");
	}

	@Test
	void assertionsAreThoseOfAssertJ() {
		assertThat(this.client).answers("{\"item\":\"tea\",\"pieces\":1}", "{\"item\":\"tea\",\"price\":3}");
		this.client.json().send(new ShopApplication.Order("cake", 2));
		assertThat(this.client).nextFrame().contains("cake").endsWith("8}");
		this.client.endOutput();
		assertThat(this.client).isClosedByServer();
	}

}
