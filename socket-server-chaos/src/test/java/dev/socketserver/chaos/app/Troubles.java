package dev.socketserver.chaos.app;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes from the application what it needs.
 */
@RestController
class Troubles {

	/**
	 * Takes all descriptors, for a time.
	 * @return how many, and whether there was none left
	 */
	@PostMapping("/troubles/descriptors")
	String descriptors(@RequestParam long millis) throws InterruptedException {
		List<FileInputStream> taken = new ArrayList<>();
		boolean exhausted = false;
		try {
			try {
				while (taken.size() < 100_000) {
					taken.add(new FileInputStream("/dev/null"));
				}
			}
			catch (IOException ex) {
				exhausted = true;
			}
			new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
		}
		finally {
			for (FileInputStream file : taken) {
				try {
					file.close();
				}
				catch (IOException ex) {
					// There is nothing to write.
				}
			}
		}
		return (exhausted ? "exhausted " : "enough ") + taken.size();
	}

}
