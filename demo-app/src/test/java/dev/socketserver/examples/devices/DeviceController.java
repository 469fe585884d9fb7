package dev.socketserver.examples.devices;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import dev.socketserver.RequestTimeoutException;
import dev.socketserver.SocketServers;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/devices/{id}")
class DeviceController {

	private final SocketServers servers;

	private final Positions positions;

	private final DevicesProperties properties;

	private final AtomicInteger numbers = new AtomicInteger();

	DeviceController(SocketServers servers, Positions positions, DevicesProperties properties) {
		this.servers = servers;
		this.positions = positions;
		this.properties = properties;
	}

	@GetMapping("/position")
	Position position(@PathVariable("id") String id) {
		return this.positions.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
	}

	@PostMapping("/commands")
	CompletableFuture<Reply> command(@PathVariable("id") String id, @RequestBody Command command) {
		String line = "CMD " + this.numbers.incrementAndGet() + " " + command.command();
		return this.servers.find("device", id)
			.stream()
			.findFirst()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND))
			.ask(line, this.properties.replyTimeout())
			.thenApply((reply) -> new Reply(reply.toString().split(" ", 3)[2]));
	}

	@ExceptionHandler
	ProblemDetail late(RequestTimeoutException failure) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.GATEWAY_TIMEOUT, "the device has not replied");
	}

	@ExceptionHandler
	ProblemDetail gone(IOException failure) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "the device cannot be reached");
	}

	record Command(String command) {

		private static final Pattern ONE_LINE = Pattern.compile("\\P{Cntrl}{1,200}");

		Command {
			if (!ONE_LINE.matcher(command).matches()) {
				throw new IllegalArgumentException("not one line");
			}
		}

	}

	record Reply(String reply) {

	}

}
