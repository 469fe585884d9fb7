package dev.socketserver.exchange.scanned;

import dev.socketserver.exchange.Ask;
import dev.socketserver.exchange.ImportSocketExchanges;
import dev.socketserver.exchange.Send;
import dev.socketserver.exchange.SocketExchange;

import org.springframework.context.annotation.Configuration;

/** A package with an interface that names a client, and one that names none. */
@Configuration(proxyBeanMethods = false)
@ImportSocketExchanges
public class Scanned {

	@SocketExchange("${name.of.client}")
	public interface Named {

		@Ask("READ")
		String read();

	}

	@SocketExchange
	public interface Unnamed {

		@Send("STOP")
		void stop();

	}

}
