package dev.socketserver.examples.trackers;

import java.time.OffsetDateTime;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.Identity;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.payload.PayloadException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@SocketHandler("trackers")
class Trackers {

	private final JdbcClient jdbc;

	Trackers(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@OnMessage("login")
	Object login(@Valid Login login, SocketSession session) {
		if (update("update tracker set logins = logins + 1 where imei = ? and login_key = ?", login.imei(),
				login.key()) == 0) {
			session.loginFailed("unknown tracker or wrong key");
			return new Nack("unknown tracker or wrong key");
		}
		session.authenticate(login::imei);
		session.bind("tracker", login.imei());
		return new Ack(0);
	}

	@OnMessage("position")
	@Transactional
	Ack position(@Valid Position position, @Identity("tracker") String tracker) {
		update("insert into position values (?, ?, ?, ?, ?) on conflict do nothing", tracker, position.number(),
				position.at(), position.latitude(), position.longitude());
		update("update tracker set last_seen = ? where imei = ?", position.at(), tracker);
		return new Ack(position.number());
	}

	@OnMessage("alarm")
	Ack alarm(@Valid Alarm alarm, @Identity("tracker") String tracker) {
		update("insert into alarm values (?, ?, ?) on conflict do nothing", tracker, alarm.number(), alarm.text());
		return new Ack(alarm.number());
	}

	@OnError
	Nack refused(PayloadException failure) {
		return new Nack(failure.getMessage());
	}

	private int update(String sql, Object... values) {
		return this.jdbc.sql(sql).params(values).update();
	}

	record Login(@Pattern(regexp = "[0-9]{15}") @NotNull String imei, @NotNull String key) {

	}

	record Position(@Positive long number, @NotNull OffsetDateTime at, @Min(-90) @Max(90) double latitude,
			@Min(-180) @Max(180) double longitude) {

	}

	record Alarm(@Positive long number, @NotNull String text) {

	}

	record Ack(long number) {

	}

	record Nack(String error) {

	}

}
