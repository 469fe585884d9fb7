package dev.socketserver.demo.cluster;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;

import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends something to a device, wherever it is connected.
 */
@RestController
@Profile("cluster")
class DeviceController {

	private final SocketCluster cluster;

	DeviceController(SocketCluster cluster) {
		this.cluster = cluster;
	}

	@PostMapping("/devices/{number}")
	CompletableFuture<Delivery> send(@PathVariable String number, @RequestBody String text) {
		return this.cluster.send("device", number, text);
	}

}
