package dev.socketserver.transactions;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.NestedRuntimeException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@SocketHandler("readings")
class Readings {

	private final JdbcClient jdbc;

	private final ApplicationEventPublisher events;

	Readings(JdbcClient jdbc, ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.events = events;
	}

	@OnMessage
	@Transactional
	String store(String line, SocketSession session) {
		String[] words = line.split(" ");
		this.jdbc.sql("insert into reading (id, meter) values (?, ?)").params(words[0], words[1]).update();
		this.events.publishEvent(new Stored(words[0], session));
		return "stored " + words[0];
	}

	@OnError
	String refused(NestedRuntimeException failure, String line) {
		return "not stored " + line.split(" ")[0];
	}

	record Stored(String id, SocketSession session) {

	}

}
