package dev.socketserver.examples.devices;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.MailboxFullException;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.SocketMailbox;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/devices/{id}/orders/{key:o-[0-9]+}")
class OrderController {

	private final SocketMailbox mailbox;

	OrderController(SocketMailbox mailbox) {
		this.mailbox = mailbox;
	}

	@PutMapping
	CompletableFuture<Letter> post(@PathVariable("id") String id, @PathVariable("key") String key,
			@RequestBody DeviceController.Command command) {
		return this.mailbox.post("device", id, key, "CMD " + key + " " + command.command(), null);
	}

	@GetMapping
	CompletableFuture<Optional<Letter>> letter(@PathVariable("id") String id, @PathVariable("key") String key) {
		return this.mailbox.letter("device", id, key);
	}

	@ExceptionHandler
	ProblemDetail full(MailboxFullException failure) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "too many orders wait for the device");
	}

	@ExceptionHandler
	ProblemDetail unavailable(MailboxUnavailableException failure) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "the order was not stored");
	}

}
