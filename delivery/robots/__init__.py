"""Group robots: they say what they are sent into one group of WeCom, DingTalk or Feishu."""

from delivery.robots.dingtalk import DINGTALK
from delivery.robots.feishu import FEISHU
from delivery.robots.robot import Provider, Robot
from delivery.robots.wecom import WECOM

__all__ = ["DINGTALK", "FEISHU", "WECOM", "Provider", "Robot"]
