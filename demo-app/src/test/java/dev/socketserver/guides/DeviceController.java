package dev.socketserver.guides;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.RequestTimeoutException;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class DeviceController {

	private final SocketServers servers;

	DeviceController(SocketServers servers) {
		this.servers = servers;
	}

	@PostMapping("/devices/{id}/push")
	CompletableFuture<Void> push(@PathVariable("id") String id, @RequestBody String text) {
		return session(id).send(text);
	}

	@PostMapping("/devices/{id}/ask")
	CompletableFuture<String> ask(@PathVariable("id") String id, @RequestBody String question) {
		return session(id).ask(question, String.class, Duration.ofSeconds(5));
	}

	@DeleteMapping("/devices/{id}")
	void kick(@PathVariable("id") String id) {
		session(id).close();
	}

	@ExceptionHandler
	ProblemDetail noReply(RequestTimeoutException failure) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.GATEWAY_TIMEOUT, "the device has not replied");
	}

	private SocketSession session(String id) {
		return this.servers.find("device", id)
			.stream()
			.findFirst()
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
	}

}
